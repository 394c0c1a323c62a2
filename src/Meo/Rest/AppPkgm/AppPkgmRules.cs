using System.Text.Json;
using Mano.Meo.Northbound;
using Mano.Meo.Onboarding;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>What requests of package management must look like; every fault is told at once, by the standard's names.</summary>
internal static class AppPkgmRules
{
    private const int MostText = 256;
    private const int MostPath = 2048;
    private const int MostPairs = 16;

    public static AnnouncedPackage Check(CreateAppPkg request)
    {
        var faults = new Faults()
            .Require(IsText(request.AppPkgName), "appPkgName", $"must be there, with 1 to {MostText} characters")
            .Require(IsText(request.AppPkgVersion), "appPkgVersion", $"must be there, with 1 to {MostText} characters")
            .Require(request.AppProvider is null || IsText(request.AppProvider), "appProvider", $"must have 1 to {MostText} characters, or be absent")
            .Require(request.AppPkgPath is { Length: >= 1 and <= MostPath }, "appPkgPath", $"must be there, with 1 to {MostPath} characters; the content itself is sent with PUT package_content")
            .Require(request.Checksum is not null, "checksum", "is missing: the digest of the package is needed, as {\"algorithm\":\"SHA-256\",\"hash\":\"…\"}")
            .Require(
                request.Checksum is null || PackageChecksum.Known(request.Checksum.Algorithm ?? "") is not null,
                "checksum/algorithm", $"is '{request.Checksum?.Algorithm}'; SHA-256 or SHA-512 is needed")
            .Require(request.Checksum is null || IsText(request.Checksum.Hash), "checksum/hash", "is missing: hexadecimal digits are needed");
        CheckPairs(faults, request.UserDefinedData);
        faults.ThrowIfAny("The request");
        return new(request.AppPkgName!, request.AppPkgVersion!, request.AppProvider, request.Checksum!, request.AppPkgPath!);
    }

    /// <summary>What a client keeps with a package: strings as they are, everything else as JSON.</summary>
    public static Dictionary<string, string> UserDefinedData(CreateAppPkg request) =>
        request.UserDefinedData?.ToDictionary(p => p.Key, p => Text(p.Value), StringComparer.Ordinal) ?? [];

    /// <summary>Whether the package shall be enabled.</summary>
    public static bool Check(AppPkgInfoModifications request)
    {
        var wanted = request.OperationalState ?? request.OperationState;
        new Faults()
            .Require(
                wanted is "ENABLED" or "DISABLED",
                "operationalState", wanted is null ? "is missing; ENABLED or DISABLED is needed, and nothing else of a package can be changed" : $"is '{wanted}'; ENABLED or DISABLED is needed")
            .Require(request.OperationalState is null || request.OperationState is null, "operationState", "is the older name of operationalState; give one of them")
            .ThrowIfAny("The request");
        return wanted == "ENABLED";
    }

    private static void CheckPairs(Faults faults, IReadOnlyDictionary<string, JsonElement>? pairs)
    {
        faults.Require(pairs is null or { Count: <= MostPairs }, "userDefinedData", $"has {pairs?.Count} entries; at most {MostPairs} are kept");
        foreach (var (key, value) in pairs ?? new Dictionary<string, JsonElement>())
        {
            faults.Require(IsText(key) && Text(value).Length <= MostText, $"userDefinedData/{key}", $"has a key or value of more than {MostText} characters, or an empty key");
        }
    }

    private static bool IsText(string? text) => text is { Length: >= 1 and <= MostText };

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
