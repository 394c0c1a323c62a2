using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.VimAdapters.Registration;

/// <summary>Checks options once, when an adapter is made, and names every fault.</summary>
internal static class OptionsRules
{
    /// <summary>Refuses the options unless every range attribute holds and there are no other faults.</summary>
    public static void Check(string adapter, object options, IReadOnlyList<string> otherFaults)
    {
        var faults = DeclaredRanges.FaultsOf(options, adapter + ":").Concat(otherFaults.Select(f => new Fault(adapter, f))).ToList();
        if (faults.Count > 0)
        {
            throw Failure.InvalidInput("VIM_OPTIONS", $"The settings of VIM adapter {adapter} are refused: {string.Join(" ", faults)}", adapter, faults).ToException();
        }
    }
}
