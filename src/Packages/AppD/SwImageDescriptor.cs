namespace Mano.Packages.AppD;

/// <summary>The software that is run (IFA 011 §7.1.6.5).</summary>
public sealed record SwImageDescriptor
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string Version { get; init; }

    /// <summary>
    /// Upper case: BARE, DOCKER, OVF, ACI, … or ours, where the VIM starts a process: BARE together with
    /// <see cref="SupportedVirtualisationEnvironment"/> <c>mano-process</c> (docs/adr/0005).
    /// </summary>
    public required string ContainerFormat { get; init; }

    /// <summary>A path inside the package, or a URI, or a name the VIM knows.</summary>
    public required string SwImage { get; init; }
    public Checksum? Checksum { get; init; }

    /// <summary>Upper case: QCOW2, RAW, ISO, VMDK, … Required of virtual machine images, absent for others.</summary>
    public string? DiskFormat { get; init; }

    /// <summary>GiB.</summary>
    public int? MinDisk { get; init; }

    /// <summary>MiB.</summary>
    public int? MinRam { get; init; }

    /// <summary>Bytes.</summary>
    public long? Size { get; init; }
    public string? OperatingSystem { get; init; }
    public IReadOnlyList<string> SupportedVirtualisationEnvironment { get; init; } = [];
}

/// <summary>A digest: algorithm in SOL004 spelling (SHA-256, SHA-512), hash in lower-case hexadecimal.</summary>
public sealed record Checksum(string Algorithm, string Hash);
