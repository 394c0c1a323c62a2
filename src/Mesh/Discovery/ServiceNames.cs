namespace Mano.Mesh.Discovery;

/// <summary>What the parts are called in the catalogue, and the tags they carry.</summary>
public static class ServiceNames
{
    public const string Meo = "mano-meo";
    public const string Mepm = "mano-mepm";
    public const string Platform = "mano-platform";

    /// <summary><c>site=edge-a</c></summary>
    public const string Site = "site";

    /// <summary><c>zone=a</c></summary>
    public const string Zone = "zone";

    /// <summary><c>host=edge-a-1</c></summary>
    public const string Host = "host";

    /// <summary>Distinguishes one start of a process from the next (meta).</summary>
    public const string Incarnation = "incarnation";

    /// <summary>Version of the program (meta).</summary>
    public const string Version = "version";

    /// <summary>Name of a MEO replica (meta).</summary>
    public const string Replica = "replica";

    /// <summary><c>http</c> or <c>https</c> (meta): the catalogue itself has only address and port.</summary>
    public const string Scheme = "scheme";
}
