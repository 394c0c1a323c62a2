using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;

namespace Mano.Mepm.Platforms;

/// <summary>A MEC platform as its MEPM uses it (Mm5, platform.v1.PlatformService). Failures are <c>FailureException</c>s.</summary>
internal interface IPlatform
{
    Task<PlatformFacts> GetFacts(CancellationToken cancel);

    /// <summary>What it holds for one instance; null: nothing.</summary>
    Task<PlatformApplication?> Get(string appInstanceId, CancellationToken cancel);

    /// <param name="appInstanceId">Which.</param>
    /// <param name="generation">Of the intent.</param>
    /// <param name="configuration">As the MEO meant it.</param>
    /// <param name="probes">Whether its address can be reached: a platform does not probe a port where nothing can answer.</param>
    /// <param name="cancel">Ends the wait.</param>
    Task<PlatformApplication> EnsureApplication(string appInstanceId, long generation, Document configuration, bool probes, CancellationToken cancel);

    /// <summary>Null: it does not run.</summary>
    Task<PlatformApplication> SetRunning(string appInstanceId, long generation, RunningAt? at, CancellationToken cancel);

    Task<PlatformApplication> Drain(string appInstanceId, long generation, DrainCause cause, TimeSpan grace, CancellationToken cancel);

    Task RemoveIfAny(string appInstanceId, long generation, CancellationToken cancel);

    /// <summary>The ids of all instances it holds, then null once, then the ids of those that change or go, until it breaks.</summary>
    IAsyncEnumerable<string?> Watch(CancellationToken cancel);
}

/// <summary>The platform itself (platform.v1.GetPlatformResponse).</summary>
/// <param name="PlatformId">Its own name.</param>
/// <param name="Mp1Url">Root of the Mp1 REST API.</param>
/// <param name="DnsAddress">Address and port of its DNS.</param>
/// <param name="GatewayAddress">Where users' traffic enters.</param>
/// <param name="Services">common.v1.ServiceDescriptor each.</param>
/// <param name="Features">common.v1.FeatureDependency each.</param>
internal sealed record PlatformFacts(
    string PlatformId, string Mp1Url, string DnsAddress, string GatewayAddress, IReadOnlyList<Document> Services, IReadOnlyList<Document> Features);
