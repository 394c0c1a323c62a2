namespace Mano.Packages.Csar;

/// <summary>Digest algorithms of SOL004, whichever way they are spelled.</summary>
internal static class Digest
{
    internal const string Sha256 = "SHA-256";
    internal const string Sha512 = "SHA-512";

    /// <summary>The spelling of SOL004, or null for an algorithm that is not accepted.</summary>
    internal static string? Name(string text) =>
        text.Trim().Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
        {
            "SHA256" => Sha256,
            "SHA512" => Sha512,
            _ => null,
        };

    internal static int HexLength(string name) => name == Sha256 ? 64 : 128;
}
