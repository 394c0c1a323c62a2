using Mano.Mesh.Security;

namespace Mano.Mesh.Tests.Discovery;

/// <summary>How the parts of a system find one another: the flags that say so.</summary>
internal abstract class DiscoverySource
{
    public virtual string Scheme => "http";

    /// <summary>Those of the test's own calls; null: without TLS.</summary>
    public virtual MeshCertificates? Certificates => null;

    /// <summary>After how long a silent site is suspect, and lost.</summary>
    public (string Suspect, string Lost) Silence { get; init; } = ("2s", "4s");

    public abstract string[] Meo();

    public abstract string[] Mepm(string meo);

    public abstract string[] Platform();

    /// <summary>What is added to the MEPM's <c>--host</c>.</summary>
    public abstract string PlatformOfHost(string platform);
}

/// <summary>By addresses that are given, without Consul. A clean stop is a leave, as it always is with Consul.</summary>
internal sealed class GivenAddresses : DiscoverySource
{
    public override string[] Meo() => [];

    public override string[] Mepm(string meo) => ["--meo", meo, "--leave"];

    public override string[] Platform() => [];

    public override string PlatformOfHost(string platform) => $",platform={platform}";
}

/// <summary>By Consul alone: no part is given another's address.</summary>
internal sealed class Catalogue(string consul, params string[] more) : DiscoverySource
{
    public string[] MeoFlags { get; init; } = [];

    public string[] MepmFlags { get; init; } = [];

    public string[] PlatformFlags { get; init; } = [];

    public MeshCertificates? Own { get; init; }

    public override MeshCertificates? Certificates => Own;

    public override string Scheme => Own is null ? "http" : "https";

    public override string[] Meo() => [.. Flags(), .. MeoFlags];

    public override string[] Mepm(string meo) => [.. Flags(), .. MepmFlags];

    public override string[] Platform() => ["--site", "edge-a", "--zone", "a", .. Flags(), .. PlatformFlags];

    public override string PlatformOfHost(string platform) => "";

    private string[] Flags() => ["--consul", consul, "--consul-check-interval", "1s", .. more];
}

/// <summary>Both at once.</summary>
internal sealed class GivenAndCatalogue(string consul) : DiscoverySource
{
    public override string[] Meo() => Flags();

    public override string[] Mepm(string meo) => ["--meo", meo, .. Flags()];

    public override string[] Platform() => Flags();

    public override string PlatformOfHost(string platform) => $",platform={platform}";

    private string[] Flags() => ["--consul", consul, "--consul-check-interval", "1s"];
}
