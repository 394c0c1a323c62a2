namespace Mano.Packages;

/// <summary>What a wrong digest means.</summary>
public enum IntegrityPolicy
{
    /// <summary>The package is refused.</summary>
    Enforce,

    /// <summary>A wrong digest is a warning on the record; a file that is missing is refused all the same.</summary>
    Warn,
}

/// <summary>What the signatures of a package mean (SOL004 §5).</summary>
public enum SignaturePolicy
{
    /// <summary>
    /// A package is signed by somebody trusted, or refused: every file is vouched for by the signed manifest or by a signature
    /// of its own, and every digest is right.
    /// </summary>
    Require,

    /// <summary>A signature that is there is verified; what is wrong with it is a warning. No signature is no fault.</summary>
    Warn,

    /// <summary>Signatures are not looked at.</summary>
    Ignore,
}

/// <summary>The words of <see cref="SignaturePolicy"/> on a command line.</summary>
public static class SignaturePolicies
{
    /// <exception cref="FormatException">It is no policy; the message says which there are.</exception>
    public static SignaturePolicy Parse(string text) => text switch
    {
        "require" => SignaturePolicy.Require,
        "warn" => SignaturePolicy.Warn,
        "ignore" => SignaturePolicy.Ignore,
        _ => throw new FormatException($"'{text}' is not a policy; write require, warn or ignore."),
    };
}

/// <summary>How a package is read.</summary>
public sealed record PackageReadOptions
{
    public IntegrityPolicy Integrity { get; init; } = IntegrityPolicy.Enforce;
    public SignaturePolicy Signatures { get; init; } = SignaturePolicy.Warn;

    /// <summary>Whose signatures count. The default is nobody's.</summary>
    public PackageTrust Trust { get; init; } = PackageTrust.Nobody;

    /// <summary>Says whether a certificate has expired.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
    public PackageLimits Limits { get; init; } = new();

    /// <summary>
    /// Opens an empty stream, to read, write and seek, for a package that is wrapped with its signature; closing it removes it. Null: such a
    /// package is unpacked in memory, up to <see cref="PackageLimits.MaxNestedArchiveBytes"/>.
    /// </summary>
    public Func<Stream>? Scratch { get; init; }
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

    /// <summary>Bytes of a signature or certificate file. 256 KiB: a chain of several certificates has 10 KiB.</summary>
    public int MaxSignatureBytes { get; init; } = 256 << 10;

    /// <summary>Bytes of a file with a signature of its own. 64 MiB: it is held in memory; larger ones have their digest in the signed manifest.</summary>
    public int MaxSignedFileBytes { get; init; } = 64 << 20;

    /// <summary>Signatures verified of one package. 100: each costs a calculation with a key that its sender chose.</summary>
    public int MaxSignatures { get; init; } = 100;

    /// <summary>Values in a document after its aliases are followed. 100,000.</summary>
    public int MaxDocumentNodes { get; init; } = 100_000;

    /// <summary>Levels a document may be nested. 64: the deepest real descriptor has 14.</summary>
    public int MaxDocumentDepth { get; init; } = 64;

    /// <summary>Faults reported. 200: enough to work on, and no package makes the answer endless.</summary>
    public int MaxFaults { get; init; } = 200;
}
