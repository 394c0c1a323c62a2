using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Contract;

/// <summary>
/// What is remembered of the operation numbers of one key, so that a message that comes late cannot undo a newer
/// one (rules in <c>vim.proto</c>). Pure; adapters store it with the compute, and beyond it.
/// </summary>
/// <param name="Last">The greatest number seen; 0: none.</param>
/// <param name="Sealed">The number of the last delete; nothing is made or moved with it or a lower one.</param>
/// <param name="PowerNumber">The number of the last power order; 0: none since the compute was made.</param>
/// <param name="Power">The state that order asked for.</param>
public sealed record Fence(long Last = 0, long Sealed = 0, long PowerNumber = 0, PowerState Power = PowerState.Started)
{
    /// <summary>Why EnsureCompute may not go on with this number; null if it may.</summary>
    public Failure? RefuseEnsure(string computeId, long number) =>
        number <= Sealed ? VimFailures.Sealed(computeId, number, Sealed)
        : number < Last ? VimFailures.Stale(computeId, number, Last)
        : null;

    /// <summary>Why SetPowerState may not go on with this number; null if it may.</summary>
    public Failure? RefusePower(string computeId, long number, PowerState power) =>
        RefuseEnsure(computeId, number)
        ?? (number == PowerNumber && power != Power ? VimFailures.OtherPowerState(computeId, number, Power) : null);

    /// <summary>Why DeleteComputeIfAny may not go on with this number; null if it may.</summary>
    public Failure? RefuseDelete(string computeId, long number) =>
        number < Last ? VimFailures.Stale(computeId, number, Last) : null;

    /// <summary>After a call with this number was let through.</summary>
    public Fence Saw(long number) => this with { Last = Math.Max(Last, number) };

    /// <summary>After a power order was let through.</summary>
    public Fence Powered(long number, PowerState power) => Saw(number) with { PowerNumber = number, Power = power };

    /// <summary>After a delete was let through.</summary>
    public Fence Seal(long number) => new(Math.Max(Last, number), Math.Max(Sealed, number));
}
