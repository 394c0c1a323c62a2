using System.Text.Json.Serialization;

namespace Mano.Packages.AppD;

/// <summary>Which access networks the application prefers (MEC 010-2 §6.2.1.21).</summary>
public sealed record AppNetworkPolicy(SteeredNetwork SteeredNetwork);

/// <summary>The networks; false is also "does not say".</summary>
public sealed record SteeredNetwork(
    bool CellularNetwork, [property: JsonPropertyName("wi-fiNetwork")] bool WifiNetwork, bool FixedAccessNetwork);
