using Mano.Chaos.History;

namespace Mano.Mesh.Tests.Chaos;

/// <summary>A history written by hand, times in seconds. One instance unless said otherwise.</summary>
internal sealed class AHistory
{
    private readonly List<HistoryEvent> lines = [];
    private long calls;

    /// <summary>The violations that the checker finds, by their words.</summary>
    public IReadOnlyList<string> Violations => [.. HistoryChecker.Check([.. lines.OrderBy(l => l.At)]).Select(v => v.Kind)];

    public AHistory Ok(Verb verb, double from, double until, string? operation = null, string? key = null, string? state = null, bool replay = false) =>
        Call(verb, from, e => e with { At = Micros(until), Said = Said.Ok, Operation = operation, State = state }, key, replay);

    public AHistory Refused(Verb verb, double from, double until, string reason, string? state = null, int unclear = 0, bool replay = false) =>
        Call(verb, from, e => e with { At = Micros(until), Said = Said.Fail, Reason = reason, State = state, Unclear = unclear }, null, replay);

    public AHistory Unanswered(Verb verb, double from) => Call(verb, from, null, null, replay: false);

    public AHistory Reads(string state, double from, double until) => Ok(Verb.Get, from, until, state: state);

    public AHistory Ends(string operation, string kind, string state, double from, double until) =>
        Call(Verb.Ended, from, e => e with { At = Micros(until), Said = Said.Ok, Operation = operation, State = state, Reason = kind }, null, replay: false);

    public AHistory SeesAtWork(string operation, double from, double until) => Call(
        Verb.Ended, from, e => e with { At = Micros(until), Said = Said.Ok, Operation = operation, State = HistoryEvent.AtWork }, null, replay: false);

    public AHistory Held(string host, long milliCpu, long total, double at)
    {
        lines.Add(new() { At = Micros(at), Said = Said.Sample, Host = host, MilliCpu = milliCpu, TotalMilliCpu = total });
        return this;
    }

    /// <summary>A compute came, or went with 0.</summary>
    public AHistory Compute(string host, string instance, long milliCpu, double at, long total = 8000)
    {
        lines.Add(new()
        {
            At = Micros(at), Said = Said.Compute, Host = host, Instance = instance, MilliCpu = milliCpu, TotalMilliCpu = total,
            Touched = DateTimeOffset.UnixEpoch.AddSeconds(at),
        });
        return this;
    }

    /// <summary>Created and instantiated, from 0 to 5 seconds.</summary>
    public static AHistory OfAStartedInstance() => new AHistory()
        .Ok(Verb.Create, 0, 1)
        .Ok(Verb.Instantiate, 2, 3, "op-1")
        .Ends("op-1", "INSTANTIATE", "COMPLETED", 4, 5);

    private AHistory Call(Verb verb, double from, Func<HistoryEvent, HistoryEvent>? answer, string? key, bool replay)
    {
        var call = ++calls;
        var mutates = verb is not (Verb.Get or Verb.Ended);
        var invoke = new HistoryEvent
        {
            At = Micros(from), Said = Said.Invoke, Verb = verb, Client = "c1", Call = call, Instance = "i-1",
            Key = mutates ? key ?? $"key-{call}" : null, Replay = replay,
        };
        lines.Add(invoke);
        lines.Add(answer is null ? invoke with { At = Micros(1000), Said = Said.Info } : answer(invoke));
        return this;
    }

    private static long Micros(double seconds) => (long)(seconds * 1e6);
}
