using System.CommandLine;
using System.Globalization;
using Mano.Meo.Onboarding;
using Mano.Mesh.Hosting;
using Mano.Packages;

namespace Mano.Meo;

/// <summary>How strictly a MEO judges packages and how many it takes, as flags: the same for a MEO of its own and in an all-in-one system.</summary>
public sealed class PackageFlags
{
    private static readonly string[] SizeUnits = ["MiB", "GiB", "TiB"];

    private readonly Option<IntegrityPolicy> integrity = MeshFlags.Parsed(
        "--integrity", "what a package's wrong digest means: enforce refuses it, warn keeps it on the record", "POLICY", Integrity, IntegrityPolicy.Enforce);

    private readonly Option<SignaturePolicy> signatures = MeshFlags.Parsed(
        "--package-signatures", "what packages' signatures mean: require takes signed ones alone, warn keeps faults on the record, ignore looks at none", "POLICY",
        SignaturePolicies.Parse, SignaturePolicy.Warn);

    private readonly Option<string?> trust = new("--package-trust") { Description = "folder of certificates (PEM or DER) whose signatures of packages count, and of lists of revoked ones (.crl)", HelpName = "DIR" };
    private readonly Option<int> mostPackages = MeshFlags.Parsed("--max-packages", "packages a tenant may have", "COUNT", Count, new PackageQuotas().Packages);
    private readonly Option<long> mostBytes = MeshFlags.Parsed("--max-package-storage", "what the files of a tenant's packages may take: 500MiB, 256GiB, 2TiB", "SIZE", Size, new PackageQuotas().Bytes);

    /// <summary>Every flag, to be added to a command.</summary>
    public IReadOnlyList<Option> All => [integrity, signatures, trust, mostPackages, mostBytes];

    /// <summary>The options with what the flags say; a folder is taken from <paramref name="folder"/> on.</summary>
    public MeoOptions Apply(ParseResult parsed, MeoOptions options, string folder) => options with
    {
        Integrity = parsed.GetValue(integrity),
        PackageQuotas = new() { Packages = parsed.GetValue(mostPackages), Bytes = parsed.GetValue(mostBytes) },
        PackageSignatures = parsed.GetValue(signatures),
        PackageTrustFolder = parsed.GetValue(trust) is { } certificates ? Path.GetFullPath(certificates, folder) : null,
    };

    private static IntegrityPolicy Integrity(string text) => text switch
    {
        "enforce" => IntegrityPolicy.Enforce,
        "warn" => IntegrityPolicy.Warn,
        _ => throw new FormatException($"'{text}' is not a policy; write enforce or warn."),
    };

    private static int Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= 1_000_000
        ? count
        : throw new FormatException($"'{text}' is no count from 1 to 1000000.");

    private static long Size(string text)
    {
        var unit = Array.FindIndex(SizeUnits, u => text.EndsWith(u, StringComparison.OrdinalIgnoreCase));
        return unit >= 0 && long.TryParse(text.AsSpan(0, text.Length - 3), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 1 << 20
            ? count << (20 + (10 * unit))
            : throw new FormatException($"'{text}' is no size; write it as 500MiB, 256GiB or 2TiB.");
    }
}
