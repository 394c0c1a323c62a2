using Mano.Meo.Northbound;
using Wire = Mano.Onboarding.V1;

namespace Mano.Meo.Onboarding;

/// <summary>What is wrong with a request in itself; every fault at once.</summary>
internal static class OnboardingRules
{
    private const int MaxPairs = 16;
    private const int MaxText = 256;

    internal static void Check(Wire.CreateAppPackageRequest request)
    {
        var faults = new Faults()
            .Require(request.AppPackageId.Length == 0 || IsGuid(request.AppPackageId), "app_package_id", "is not a GUID (lower case, with hyphens)")
            .Require(request.UserDefinedData.Count <= MaxPairs, "user_defined_data", $"has {request.UserDefinedData.Count} entries; at most {MaxPairs} are kept");
        foreach (var (key, value) in request.UserDefinedData)
        {
            faults.Require(key.Length is > 0 and <= MaxText && value.Length <= MaxText, $"user_defined_data[{key}]", $"has a key or value of more than {MaxText} characters, or an empty key");
        }

        faults.ThrowIfAny("The request");
    }

    internal static string CheckId(string appPackageId)
    {
        new Faults().Require(IsGuid(appPackageId), "app_package_id", appPackageId.Length == 0 ? "is missing" : "is not a GUID (lower case, with hyphens)")
            .ThrowIfAny("The request");
        return appPackageId;
    }

    internal static UploadHeader Check(Wire.UploadAppPackageRequest.Types.Header header)
    {
        new Faults()
            .Require(IsGuid(header.AppPackageId), "header.app_package_id", header.AppPackageId.Length == 0 ? "is missing" : "is not a GUID (lower case, with hyphens)")
            .Require(header.FileName.Length <= MaxText && !header.FileName.Any(char.IsControl), "header.file_name", $"has more than {MaxText} characters, or control characters")
            .Require(header.Offset >= 0, "header.offset", "is negative")
            .Require(header.Offset <= 0 || header.Sha256.Length > 0, "header.offset", "needs header.sha256: only content that is known by its digest can be gone on with")
            .Require(header.Sha256.Length == 0 || IsSha256(header.Sha256), "header.sha256", "is not 64 lower-case hexadecimal digits")
            .ThrowIfAny("The upload's header");
        return new(header.AppPackageId, header.FileName.Length == 0 ? "the upload" : header.FileName, header.Sha256.Length == 0 ? null : header.Sha256) { Offset = header.Offset };
    }

    internal static void Check(Wire.GetUploadOffsetRequest request) => new Faults()
        .Require(IsGuid(request.AppPackageId), "app_package_id", request.AppPackageId.Length == 0 ? "is missing" : "is not a GUID (lower case, with hyphens)")
        .Require(IsSha256(request.Sha256), "sha256", "is not 64 lower-case hexadecimal digits")
        .ThrowIfAny("The request");

    internal static void Check(Wire.DownloadArtifactRequest request) => new Faults()
        .Require(IsSha256(request.Sha256), "sha256", "is not 64 lower-case hexadecimal digits")
        .Require(request.Offset >= 0, "offset", "is negative")
        .Require(request.Length >= 0, "length", "is negative")
        .ThrowIfAny("The request");

    private static bool IsGuid(string text) => Guid.TryParseExact(text, "D", out var id) && id.ToString("D") == text;

    private static bool IsSha256(string text) => text.Length == 64 && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
}
