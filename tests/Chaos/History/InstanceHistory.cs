namespace Mano.Chaos.History;

/// <summary>Turns the lines about one instance into what must have happened.</summary>
internal sealed class InstanceHistory
{
    private static readonly Verb[] Operations = [Verb.Instantiate, Verb.Start, Verb.Stop, Verb.Terminate];

    private readonly List<Happening> happenings = [];
    private readonly List<Violation> violations = [];
    private readonly string instance;

    private InstanceHistory(string instance) => this.instance = instance;

    public static (IReadOnlyList<Happening> Happenings, IReadOnlyList<Violation> Violations) Of(string instance, IReadOnlyList<HistoryEvent> lines)
    {
        var history = new InstanceHistory(instance);
        var calls = lines.GroupBy(e => e.Call).Select(g => new Call([.. g])).ToList();
        foreach (var look in calls.Where(c => c is { Verb: Verb.Ended, Answer.State: HistoryEvent.AtWork }))
        {
            var operation = look.Answer!.Operation;
            history.Look(look, $"{look.Client} sees {operation} at work", s => s.Running == operation || s.Next == operation);
        }

        var ends = calls.Where(c => c.IsEnd).GroupBy(c => c.Answer!.Operation!)
            .ToDictionary(g => g.Key, g => g.MinBy(c => c.Answer!.At)!);
        foreach (var call in calls.Where(c => c.Verb is not (Verb.Ended or Verb.Cancel) && !c.Replay))
        {
            history.Add(call);
        }

        history.AddOperations(calls, ends);
        history.EndsAgree(calls);
        return (history.happenings, history.violations);
    }

    private void Add(Call call)
    {
        switch (call.Answer)
        {
            case { Said: Said.Ok } ok when call.Verb == Verb.Get:
                Look(call, $"{call.Client} reads {ok.State}", s => s.Life == InstanceState.Spelled(ok.State!));
                break;
            case { Said: Said.Ok } when !Operations.Contains(call.Verb):
                Change(call.From, call.Until, optional: false, $"{call.Client} {call.Verb}", Effect(call.Verb));
                break;
            case { Said: Said.Fail } refusal:
                Refused(call, refusal);
                MaybeAnyway(call);
                break;
            default:
                MaybeAnyway(call);
                break;
        }
    }

    private void Refused(Call call, HistoryEvent refusal)
    {
        var says = $"{call.Client} {call.Verb} refused: {refusal.Reason} {refusal.State}";
        switch (refusal.Reason)
        {
            case "ILLEGAL_STATE" when refusal.State is { } state:
                Look(call, says, s => s.Life == InstanceState.Spelled(state));
                break;
            case "OPERATION_RUNNING":
                Look(call, says, s => s.Running is not null);
                break;
            case "APP_INSTANCE_NOT_FOUND":
                Look(call, says, s => s.Life == Life.Absent);
                break;
        }
    }

    /// <summary>A call that somebody gave up on may have had its effect, may have it later, or never.</summary>
    private void MaybeAnyway(Call call)
    {
        if (call.Verb is Verb.Create or Verb.Delete && (call.Answer is not { Said: Said.Fail } || call.Answer.Unclear > 0))
        {
            Change(call.From, long.MaxValue, optional: true, $"{call.Client} {call.Verb}, unanswered", Effect(call.Verb));
        }
    }

    /// <summary>Operations: each accepted once, by the call that was told so, or by one that never learned it.</summary>
    private void AddOperations(IReadOnlyList<Call> calls, IReadOnlyDictionary<string, Call> ends)
    {
        var accepted = calls.Where(c => Operations.Contains(c.Verb) && !c.Replay && c.Answer is { Said: Said.Ok }).ToList();
        foreach (var call in accepted)
        {
            var operation = call.Answer!.Operation!;
            Change(call.From, call.Until, optional: false, $"{call.Client} {call.Verb} accepted as {operation}", s => s.Accepted(call.Verb, operation));
            End(operation, call.From, ends);
        }

        var told = accepted.Select(c => c.Answer!.Operation!).ToHashSet();
        var untold = ends.Keys.Where(o => !told.Contains(o)).ToLookup(o => ends[o].Answer!.Reason!);
        foreach (var kind in untold)
        {
            var unsure = calls.Where(c => KindOf(c.Verb) == kind.Key && !c.Replay && c.MayHaveHappened).ToList();
            if (kind.Count() > unsure.Count)
            {
                violations.Add(new("UNASKED", $"{kind.Count()} operations of kind {kind.Key} that nobody was told of ({string.Join(", ", kind)}); "
                    + $"{unsure.Count} calls could have made one.", instance));
                continue;
            }

            foreach (var operation in kind)
            {
                var from = unsure.Min(c => c.From);
                var verbs = unsure.Select(c => c.Verb).Distinct().ToList();
                Change(from, ends[operation].Until, optional: false, $"nobody was told, {kind.Key} accepted as {operation}",
                    s => verbs.Select(v => s.Accepted(v, operation)).FirstOrDefault(after => after is not null));
                End(operation, from, ends);
            }
        }
    }

    private void End(string operation, long from, IReadOnlyDictionary<string, Call> ends)
    {
        if (ends.TryGetValue(operation, out var end))
        {
            var completed = end.Answer!.State == "COMPLETED";
            Change(from, end.Until, optional: false, $"{operation} ends {end.Answer.State}", s => s.Ended(operation, completed));
        }
    }

    /// <summary>An end is final: nobody sees another one later.</summary>
    private void EndsAgree(IReadOnlyList<Call> calls)
    {
        foreach (var seen in calls.Where(c => c.IsEnd).GroupBy(c => c.Answer!.Operation))
        {
            var states = seen.Select(c => c.Answer!.State).Distinct().ToList();
            if (states.Count > 1)
            {
                violations.Add(new("END_CHANGED", $"Operation {seen.Key} was seen to end {string.Join(" and ", states)}.", instance));
            }
        }
    }

    private void Change(long from, long until, bool optional, string says, Func<InstanceState, InstanceState?> changes) =>
        happenings.Add(new() { From = from, Until = until, Optional = optional, Says = says, Changes = changes });

    private void Look(Call call, string says, Func<InstanceState, bool> seen) =>
        happenings.Add(new() { From = call.From, Until = call.Until, Says = says, Seen = seen });

    private static Func<InstanceState, InstanceState?> Effect(Verb verb) => verb == Verb.Create
        ? s => s.Life == Life.Absent ? s with { Life = Life.NotInstantiated } : null
        : s => s is { Life: Life.NotInstantiated, Running: null } ? s with { Life = Life.Absent } : null;

    private static string KindOf(Verb verb) => verb is Verb.Start or Verb.Stop ? "OPERATE" : verb.ToString().ToUpperInvariant();

    /// <summary>The lines of one call.</summary>
    private sealed class Call
    {
        public Call(IReadOnlyList<HistoryEvent> lines)
        {
            var invoke = lines[0];
            (Verb, Client, From, Replay) = (invoke.Verb, invoke.Client, invoke.At, invoke.Replay);
            Answer = lines.FirstOrDefault(e => e.Said is Said.Ok or Said.Fail);
        }

        public Verb Verb { get; }

        public string Client { get; }

        public long From { get; }

        public bool Replay { get; }

        public HistoryEvent? Answer { get; }

        /// <summary>Whether it saw an operation that had ended.</summary>
        public bool IsEnd => Verb == Verb.Ended && Answer is { Said: Said.Ok, State: not HistoryEvent.AtWork };

        public long Until => Answer?.At ?? long.MaxValue;

        public bool MayHaveHappened => Answer is null || Answer is { Said: Said.Fail, Unclear: > 0 };
    }
}
