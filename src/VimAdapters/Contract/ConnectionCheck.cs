namespace Mano.VimAdapters.Contract;

/// <summary>What a look at the connection found. Values equal those of the proto.</summary>
public enum ConnectionResult
{
    /// <summary>It is as it must be.</summary>
    Ok = 1,

    /// <summary>It works with less: something optional is missing.</summary>
    Warning = 2,

    /// <summary>Computes cannot be made, or not all of what is claimed.</summary>
    Failed = 3,

    /// <summary>It was not looked at: what it builds on has failed, or is not wanted here.</summary>
    Skipped = 4,
}

/// <summary>One thing that a VIM needs to be of use, and whether it is so.</summary>
/// <param name="Name">What was looked at: <c>address</c>, <c>TLS</c>, <c>credentials</c>, <c>flavor m1.small</c>.</param>
/// <param name="Result">What was found.</param>
/// <param name="Detail">What was seen; never a secret.</param>
/// <param name="Remedy">What a person does about it; empty with Ok.</param>
public sealed record ConnectionCheck(string Name, ConnectionResult Result, string Detail, string Remedy = "")
{
    public static ConnectionCheck Ok(string name, string detail) => new(name, ConnectionResult.Ok, detail);

    public static ConnectionCheck Warning(string name, string detail, string remedy) => new(name, ConnectionResult.Warning, detail, remedy);

    public static ConnectionCheck Failed(string name, string detail, string remedy) => new(name, ConnectionResult.Failed, detail, remedy);

    public static ConnectionCheck Skipped(string name, string detail, string remedy = "") => new(name, ConnectionResult.Skipped, detail, remedy);
}
