using System.Diagnostics.CodeAnalysis;
using Mano.Mesh.Failures;

namespace Mano.VimAdapters.Simulated;

/// <summary>The calls of the contract, as a script names them.</summary>
public enum VimCall
{
    GetCapabilities,
    GetCapacity,
    EnsureImage,
    ListImages,
    DeleteImageIfAny,
    EnsureCompute,
    GetCompute,
    ListComputes,
    SetPowerState,
    DeleteComputeIfAny,
    WatchComputes,
    ReadLog,
    ReadStatistics,
    CheckConnection,
    ListEvents,
    EnsureNetwork,
    ListNetworks,
    DeleteNetworkIfAny,
}

/// <summary>What can go wrong with a call.</summary>
public enum SimulatedFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>UNAVAILABLE, without an effect.</summary>
    Fail,

    /// <summary>UNAVAILABLE, after the effect.</summary>
    LoseReply,

    /// <summary>No answer until the caller gives up, and no effect.</summary>
    Hang,

    /// <summary>No answer until the caller gives up, after the effect.</summary>
    HangAfterEffect,

    /// <summary>RESOURCE_EXHAUSTED, without an effect.</summary>
    NoCapacity,

    /// <summary>INTERNAL, without an effect.</summary>
    Nonsense,

    /// <summary>EnsureCompute succeeds, and the compute it makes never boots.</summary>
    BootFails,
}

/// <summary>
/// Decides which call meets which fault: first the script, then the rates, drawn from the seed and the number of this
/// start, so that a VIM that was killed does not meet the same first faults for ever.
/// </summary>
internal sealed class SimulatedFaults(SimulatedVimOptions options, int scriptDone, int starts)
{
    private readonly Lock gate = new();
    private readonly Queue<(VimCall Call, SimulatedFault Fault)> script = new(options.Script.Select(Parse).Skip(scriptDone));

    [SuppressMessage("Security", "CA5394", Justification = "Faults are repeatable by design; nothing is secured by them.")]
    private readonly Random random = new(unchecked(options.Seed + (starts * 7919)));

    /// <summary>How many lines of the script were used up by the time this one is over.</summary>
    public int ScriptDone { get; private set; } = scriptDone;

    /// <summary>The lines of the script that are none, as faults of the options.</summary>
    public static IEnumerable<string> WrongLines(IReadOnlyList<string> script) =>
        script.Where(line => !TryParse(line, out _))
            .Select(line => $"Script: '{line}' is refused; Call:Fault with one of {string.Join(", ", Enum.GetNames<VimCall>())} and one of {string.Join(", ", Enum.GetNames<SimulatedFault>())}.");

    /// <summary>Puts a fault at the end of the script.</summary>
    public void Add(VimCall call, SimulatedFault fault)
    {
        lock (gate)
        {
            script.Enqueue((call, fault));
        }
    }

    /// <summary>The fault of this call. A script's line waits until its call comes; lines are used in order.</summary>
    [SuppressMessage("Security", "CA5394", Justification = "As above.")]
    public SimulatedFault Next(VimCall call)
    {
        lock (gate)
        {
            if (script.TryPeek(out var next) && next.Call == call)
            {
                ScriptDone++;
                return script.Dequeue().Fault;
            }

            var draw = random.NextDouble();
            return draw < options.FaultRate ? SimulatedFault.Fail
                : draw < options.FaultRate + options.LostReplyRate ? SimulatedFault.LoseReply
                : SimulatedFault.None;
        }
    }

    private static (VimCall Call, SimulatedFault Fault) Parse(string line) =>
        TryParse(line, out var parsed) ? parsed : throw Failure.InvalidInput("VIM_OPTIONS", WrongLines([line]).First()).ToException();

    private static bool TryParse(string line, out (VimCall Call, SimulatedFault Fault) parsed)
    {
        parsed = default;
        var parts = line.Split(':', StringSplitOptions.TrimEntries);
        return parts.Length == 2
            && Enum.TryParse(parts[0], ignoreCase: true, out parsed.Call) && Enum.IsDefined(parsed.Call)
            && Enum.TryParse(parts[1], ignoreCase: true, out parsed.Fault) && Enum.IsDefined(parsed.Fault);
    }
}
