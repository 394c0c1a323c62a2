using Mano.Packages.AppD;

namespace Mano.Packages;

/// <summary>What a reader found: content when nothing refuses it, and every fault in either case.</summary>
/// <param name="Content">Null if any fault is an error.</param>
/// <param name="Faults">All faults, errors first, then in the order of the package.</param>
public sealed record PackageReading(PackageContent? Content, IReadOnlyList<Fault> Faults)
{
    public IEnumerable<Fault> Errors => Faults.Where(f => f.Severity == FaultSeverity.Error);
    public IEnumerable<Fault> Warnings => Faults.Where(f => f.Severity == FaultSeverity.Warning);
}

/// <summary>An application package that may be onboarded.</summary>
public sealed record PackageContent
{
    public required AppDescriptor Descriptor { get; init; }
    public required PackageKind Kind { get; init; }

    /// <summary>Path of the descriptor in the archive; empty for a bare descriptor.</summary>
    public string DescriptorPath { get; init; } = "";

    /// <summary>Every file of the package; empty for a bare descriptor.</summary>
    public IReadOnlyList<Artifact> Artifacts { get; init; } = [];

    /// <summary>What it lays over the values of the chart by which it is deployed: one JSON object; empty when there is nothing.</summary>
    public string ChartValues { get; init; } = "";

    /// <summary>Who signed it, where a signature could be verified; trusted or not.</summary>
    public IReadOnlyList<PackageSigner> Signers { get; init; } = [];

    /// <summary>The warnings, to be kept with the package.</summary>
    public IReadOnlyList<Fault> Warnings { get; init; } = [];
}

/// <summary>What was uploaded.</summary>
public enum PackageKind
{
    /// <summary>A descriptor alone, JSON or YAML.</summary>
    BareDescriptor,

    /// <summary>A ZIP archive (MEC 037 §6, SOL004).</summary>
    Csar,
}

/// <summary>One file of a package.</summary>
/// <param name="Path">As the archive spells it.</param>
/// <param name="Sha256">Lower-case hexadecimal, computed from the content.</param>
/// <param name="Size">Bytes.</param>
/// <param name="MediaType">A hint from name and first bytes: <c>application/x-executable</c>, <c>application/gzip</c>, …</param>
/// <param name="SwImageId">Id of the software image this file realises, if any.</param>
public sealed record Artifact(string Path, string Sha256, long Size, string MediaType, string? SwImageId);

/// <summary>Somebody whose signature fits what it signs.</summary>
/// <param name="Subject">Distinguished name in the certificate.</param>
/// <param name="Sha256">Fingerprint of the certificate, lower-case hexadecimal.</param>
/// <param name="Path">Of the manifest or file that is signed.</param>
/// <param name="IsTrusted">Whether the certificate is valid today and leads to one in the trust store.</param>
public sealed record PackageSigner(string Subject, string Sha256, string Path, bool IsTrusted);
