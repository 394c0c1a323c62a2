namespace Mano.Mepm.Findings;

/// <summary>What a finding is about (site.v1.Finding.Subject).</summary>
internal enum FindingSubject
{
    Compute,
    Application,
    Image,
}

/// <summary>What is wrong (site.v1.Finding.Kind).</summary>
internal enum FindingKind
{
    /// <summary>It is there and no instance of this site wants it.</summary>
    Orphan,

    /// <summary>It is gone, and an instance wants it.</summary>
    Lost,

    /// <summary>It is there, and other than it was made.</summary>
    Changed,
}

/// <summary>What was done about a finding; the wire's words in capitals.</summary>
internal enum FindingAction
{
    Removed,
    Reported,
    AwaitsMeo,
    Recreated,
    Started,
    PutBack,
    Failed,
}

/// <summary>Of what a finding is the finding.</summary>
internal sealed record FindingKey(string HostId, FindingSubject Subject, string Id, FindingKind Kind);

/// <summary>Something that is, or was, other than desired.</summary>
internal sealed record Finding(FindingKey Key, FindingAction Action, string Message, DateTimeOffset FoundAt)
{
    public DateTimeOffset? ResolvedAt { get; init; }

    public int Times { get; init; } = 1;
}
