namespace Mano.Packages.AppD;

/// <summary>Whether user contexts can follow the user (MEC 010-2 §6.2.1.20); the second is present iff the first is true.</summary>
public sealed record UserContextTransferCapability(bool StatefulApplication, bool? UserContextTransferSupport);
