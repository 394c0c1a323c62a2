using System.Text.Json;
using Mano.Meo.Onboarding;

namespace Mano.Meo.Rest.AppPkgm;

/// <summary>MEC 010-2 CreateAppPkg (clause 6.2.3.2).</summary>
internal sealed record CreateAppPkg(
    string? AppPkgName, string? AppPkgVersion, string? AppProvider, PackageChecksum? Checksum, string? AppPkgPath, IReadOnlyDictionary<string, JsonElement>? UserDefinedData);

/// <summary>MEC 010-2 AppPkgInfoModifications (clause 6.2.3.8). The file of 2021 calls the attribute operationState; both are read, and that which was read is answered.</summary>
internal sealed record AppPkgInfoModifications(string? OperationalState, string? OperationState);
