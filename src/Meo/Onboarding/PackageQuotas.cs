using System.ComponentModel.DataAnnotations;

namespace Mano.Meo.Onboarding;

/// <summary>How much a tenant's packages may be.</summary>
public sealed record PackageQuotas
{
    /// <summary>Packages, whatever their state (<c>--max-packages</c>).</summary>
    /// <value>The default is 1,000: ten times a large catalogue, and lists of it stay quick.</value>
    [Range(1, 1_000_000)]
    public int Packages { get; init; } = 1000;

    /// <summary>Bytes of all their files, a file that several have counted once (<c>--max-package-storage</c>).</summary>
    /// <value>The default is 256 GiB: a hundred virtual machine images, and a disk that is common.</value>
    [Range(1, long.MaxValue)]
    public long Bytes { get; init; } = 256L << 30;
}
