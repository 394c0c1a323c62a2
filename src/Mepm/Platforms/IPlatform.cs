using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;

namespace Mano.Mepm.Platforms;

/// <summary>A MEC platform as its MEPM uses it (Mm5, platform.v1.PlatformService). Failures are <c>FailureException</c>s.</summary>
internal interface IPlatform
{
    Task<PlatformFacts> GetFacts(CancellationToken cancel);

    /// <summary>What it holds for one instance; null: nothing.</summary>
    Task<PlatformApplication?> Get(string appInstanceId, CancellationToken cancel);

    /// <summary>All it holds, ordered by id.</summary>
    Task<IReadOnlyList<PlatformApplication>> List(CancellationToken cancel);

    Task<PlatformApplication> EnsureApplication(string appInstanceId, long generation, PlatformSetup setup, CancellationToken cancel);

    /// <summary>Null: it does not run.</summary>
    Task<PlatformApplication> SetRunning(string appInstanceId, long generation, RunningAt? at, CancellationToken cancel);

    Task<PlatformApplication> Drain(string appInstanceId, long generation, DrainCause cause, TimeSpan grace, CancellationToken cancel);

    Task RemoveIfAny(string appInstanceId, long generation, CancellationToken cancel);

    /// <summary>All instances it holds, then <see cref="PlatformTold.Synced"/> once, then those that change or go, until it breaks.</summary>
    IAsyncEnumerable<PlatformTold> Watch(CancellationToken cancel);
}

/// <summary>What a platform is to hold for an instance.</summary>
/// <param name="Configuration">common.v1.PlatformConfiguration, as the MEO meant it.</param>
/// <param name="Probes">Whether its address can be reached: a platform does not probe a port where nothing can answer.</param>
internal sealed record PlatformSetup(Document Configuration, bool Probes)
{
    /// <summary>The platform shows it again; another one tells that somebody else configured the instance.</summary>
    public string Digest { get; } = string.Create(
        CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Configuration.Text)))}/{(Probes ? 1 : 0)}");
}

/// <summary>One event of a platform's watch.</summary>
/// <param name="AppInstanceId">Which; empty with the end of the snapshot.</param>
/// <param name="Held">Whether the platform holds it.</param>
/// <param name="Application">What it holds now; null: nothing, or this version cannot read it.</param>
internal readonly record struct PlatformTold(string AppInstanceId, bool Held, PlatformApplication? Application)
{
    public static readonly PlatformTold Synced = new("", false, null);
}

/// <summary>The platform itself (platform.v1.GetPlatformResponse).</summary>
/// <param name="PlatformId">Its own name.</param>
/// <param name="Mp1Url">Root of the Mp1 REST API.</param>
/// <param name="DnsAddress">Address and port of its DNS.</param>
/// <param name="GatewayAddress">Where users' traffic enters.</param>
/// <param name="Services">common.v1.ServiceDescriptor each.</param>
/// <param name="Features">common.v1.FeatureDependency each.</param>
internal sealed record PlatformFacts(
    string PlatformId, string Mp1Url, string DnsAddress, string GatewayAddress, IReadOnlyList<WireMessage> Services, IReadOnlyList<WireMessage> Features);
