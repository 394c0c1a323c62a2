namespace Mano.Meo.Onboarding;

/// <summary>Where the catalogue keeps what, in the state store.</summary>
internal static class PackageKeys
{
    internal const string Records = "package/";
    internal const string Contents = "package-content/";

    internal static string RecordsOf(string tenant) => $"{Records}{tenant}/";

    internal static string ContentsOf(string tenant) => $"{Contents}{tenant}/";

    internal static string Record(string tenant, string appPkgId) => $"{Records}{tenant}/{appPkgId}";

    internal static string Content(string tenant, string appPkgId) => $"{Contents}{tenant}/{appPkgId}";

    /// <summary>An appDId may be any text; escaped it is a key.</summary>
    internal static string Descriptor(string tenant, string appDId) => $"package-appd/{tenant}/{Uri.EscapeDataString(appDId)}";
}
