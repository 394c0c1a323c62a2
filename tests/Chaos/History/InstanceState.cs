namespace Mano.Chaos.History;

/// <summary>Where an instance stands, as a caller may know it.</summary>
internal enum Life
{
    Absent,
    NotInstantiated,
    Started,
    Stopped,
}

/// <summary>The model: the instance, the operation at work on it, and the termination that waits for that one to be undone.</summary>
internal readonly record struct InstanceState(Life Life, string? Running, Verb RunningVerb, string? Next)
{
    public static InstanceState Beginning => new(Life.Absent, null, default, null);

    public override string ToString() =>
        $"{Life}{(Running is null ? "" : $", {RunningVerb} {Running} at work")}{(Next is null ? "" : $", terminate {Next} waiting")}";

    public static Life Spelled(string state) => state switch
    {
        "NOT_INSTANTIATED" => Life.NotInstantiated,
        "STARTED" => Life.Started,
        "STOPPED" => Life.Stopped,
        _ => throw new FormatException($"'{state}' is no state of an instance."),
    };

    /// <summary>After an operation was accepted; null where it may not be.</summary>
    public InstanceState? Accepted(Verb verb, string operation)
    {
        if (Running is null)
        {
            return Allows(verb) ? this with { Running = operation, RunningVerb = verb } : null;
        }

        // A termination may pre-empt anything but a termination.
        return verb == Verb.Terminate && Next is null && RunningVerb != Verb.Terminate ? this with { Next = operation } : null;
    }

    /// <summary>After the operation at work has ended; null where another one is at work.</summary>
    public InstanceState? Ended(string operation, bool completed)
    {
        if (Running != operation)
        {
            return null;
        }

        var life = completed ? After(RunningVerb) : Life;
        return new InstanceState(life, Next, Next is null ? default : Verb.Terminate, null);
    }

    private bool Allows(Verb verb) => verb switch
    {
        Verb.Instantiate => Life == Life.NotInstantiated,
        Verb.Start => Life == Life.Stopped,
        Verb.Stop => Life == Life.Started,
        Verb.Terminate => Life is Life.Started or Life.Stopped,
        _ => false,
    };

    private static Life After(Verb verb) => verb switch
    {
        Verb.Instantiate or Verb.Start => Life.Started,
        Verb.Stop => Life.Stopped,
        _ => Life.NotInstantiated,
    };
}
