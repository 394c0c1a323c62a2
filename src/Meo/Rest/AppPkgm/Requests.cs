using System.Text.Json;
using Mano.Meo.Onboarding;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>
/// MEC 010-2 CreateAppPkg (clause 6.2.3.2). The conformance suite (PKGM_001_OK) announces a package with the attributes of an AppPkgInfo instead:
/// its name and version are read where the request has none of its own attributes.
/// </summary>
internal sealed record CreateAppPkg(
    string? AppPkgName, string? AppPkgVersion, string? AppProvider, PackageChecksum? Checksum, string? AppPkgPath, IReadOnlyDictionary<string, JsonElement>? UserDefinedData,
    string? AppName = null, string? AppSoftwareVersion = null)
{
    /// <summary>The request as the standard has it.</summary>
    public CreateAppPkg AsMeant() => (AppPkgName, AppPkgVersion, AppPkgPath) == (null, null, null) && (AppName, AppSoftwareVersion) is ({ }, { })
        ? this with { AppPkgName = AppName, AppPkgVersion = AppSoftwareVersion, AppPkgPath = "-" }
        : this;
}

/// <summary>MEC 010-2 AppPkgInfoModifications (clause 6.2.3.8). The file of 2021 calls the attribute operationState; both are read, and that which was read is answered.</summary>
internal sealed record AppPkgInfoModifications(string? OperationalState, string? OperationState);
