namespace Mano.Packages;

/// <summary>What a wrong digest means.</summary>
public enum IntegrityPolicy
{
    /// <summary>The package is refused.</summary>
    Enforce,

    /// <summary>A wrong digest is a warning on the record; a file that is missing is refused all the same.</summary>
    Warn,
}

/// <summary>How a package is read.</summary>
public sealed record PackageReadOptions
{
    public IntegrityPolicy Integrity { get; init; } = IntegrityPolicy.Enforce;
    public PackageLimits Limits { get; init; } = new();
}

/// <summary>Bounds on untrusted packages. Each default holds the largest package of its kind we know of several times over.</summary>
public sealed record PackageLimits
{
    /// <summary>Bytes of the archive. 8 GiB: a virtual machine image and its documents.</summary>
    public long MaxPackageBytes { get; init; } = 8L << 30;

    /// <summary>Entries of one archive. 10,000: real packages have tens; the directory is held in memory.</summary>
    public int MaxEntries { get; init; } = 10_000;

    /// <summary>Bytes of one file, unpacked. 16 GiB.</summary>
    public long MaxEntryBytes { get; init; } = 16L << 30;

    /// <summary>Bytes of all files, unpacked. 32 GiB.</summary>
    public long MaxTotalBytes { get; init; } = 32L << 30;

    /// <summary>Unpacked to packed size of one file over 1 MiB. 200: text reaches 20, sparse images 100, bombs 1,000.</summary>
    public int MaxRatio { get; init; } = 200;

    /// <summary>Characters of a path. 512.</summary>
    public int MaxPathLength { get; init; } = 512;

    /// <summary>Folders a path may be deep. 32.</summary>
    public int MaxPathDepth { get; init; } = 32;

    /// <summary>Bytes of a nested archive that holds the descriptor. 32 MiB: it is held in memory, and holds text.</summary>
    public int MaxNestedArchiveBytes { get; init; } = 32 << 20;

    /// <summary>Bytes of a descriptor, a type file, a manifest. 4 MiB: the largest type file known has 0.3 MiB.</summary>
    public int MaxDescriptorBytes { get; init; } = 4 << 20;

    /// <summary>Values in a document after its aliases are followed. 100,000.</summary>
    public int MaxDocumentNodes { get; init; } = 100_000;

    /// <summary>Levels a document may be nested. 64: the deepest real descriptor has 14.</summary>
    public int MaxDocumentDepth { get; init; } = 64;

    /// <summary>Faults reported. 200: enough to work on, and no package makes the answer endless.</summary>
    public int MaxFaults { get; init; } = 200;
}
