namespace Mano.Meo.Placement.Filters;

/// <summary>The host has the CPU architecture the image was built for. Packages spell it in several ways.</summary>
internal sealed class ArchitectureFilter : ITraitFilter
{
    private const string Other = "OTHER_ARCHITECTURE";

    public string Name => "architecture";

    public string? Refuses(PlacementRequest request, HostModel host) =>
        request.CpuArchitecture.Length == 0 || host.CpuArchitecture.Length == 0
        || CpuArchitectures.Canonical(request.CpuArchitecture) == CpuArchitectures.Canonical(host.CpuArchitecture)
            ? null
            : Other;

    public Refusal Explain(PlacementRequest request, HostModel host) => new(Other, request.CpuArchitecture, host.CpuArchitecture);
}

/// <summary>One spelling for each CPU architecture.</summary>
internal static class CpuArchitectures
{
    /// <summary>"x86", "x86-64", "amd64", "x64" are x86_64 ("x86" is what packages write for any PC); "arm64", "armv8" are aarch64; else lower case.</summary>
    public static string Canonical(string spelled) => spelled.Trim().ToLowerInvariant() switch
    {
        "x86" or "x86-64" or "x86_64" or "amd64" or "x64" => "x86_64",
        "arm64" or "aarch64" or "armv8" or "arm" => "aarch64",
        var other => other,
    };
}
