namespace Mano.Packages.AppD;

/// <summary>What the compute is given when it boots: variables of its environment, and user data for a cloud image.</summary>
public sealed record BootData(IReadOnlyDictionary<string, string> Environment, string? UserData);
