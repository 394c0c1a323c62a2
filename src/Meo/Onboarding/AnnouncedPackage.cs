using System.Security.Cryptography;
using Mano.Mesh.Failures;

namespace Mano.Meo.Onboarding;

/// <summary>What a client says of a package before its content is there (MEC 010-2 CreateAppPkg).</summary>
/// <param name="Name">For people, until the descriptor says better.</param>
/// <param name="Version">The same.</param>
/// <param name="Provider">The same; null if not said.</param>
/// <param name="Checksum">Of the content; an upload with another one is refused.</param>
/// <param name="Path">Where the client has it. It is kept; nothing is fetched from there.</param>
internal sealed record AnnouncedPackage(string Name, string Version, string? Provider, PackageChecksum Checksum, string Path)
{
    /// <summary>The refusal of a content other than was announced; null if nothing was.</summary>
    public static Failure? Refuse(PackageRecord package, ScratchFile file) =>
        package.Announced is { Checksum: { } said } announced && said.Of(file) is var actual && !string.Equals(actual, said.Hash, StringComparison.OrdinalIgnoreCase)
            ? Failure.InvalidInput(
                "UPLOAD_DIGEST",
                $"{announced.Name} arrived with {said.Algorithm} {actual}; the package was announced with {said.Hash}. Upload what was announced, or announce this.",
                package.Subject)
            : null;
}

/// <summary>A digest as MEC 010-2 has it.</summary>
/// <param name="Algorithm">As the client spelled it: SHA-256 or SHA-512.</param>
/// <param name="Hash">Hexadecimal.</param>
internal sealed record PackageChecksum(string Algorithm, string Hash)
{
    public const string Sha256 = "SHA-256";
    public const string Sha512 = "SHA-512";

    /// <summary>The algorithm in one spelling, or null if it is none of ours.</summary>
    public static string? Known(string algorithm) => algorithm.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal) switch
    {
        "SHA256" => Sha256,
        "SHA512" => Sha512,
        _ => null,
    };

    /// <summary>The same digest of this content.</summary>
    public string Of(ScratchFile file)
    {
        if (Known(Algorithm) == Sha256)
        {
            return file.Sha256;
        }

        using var content = file.Reopen();
        return Convert.ToHexStringLower(SHA512.HashData(content));
    }
}
