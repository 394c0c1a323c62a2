namespace Mano.Chaos.Links;

/// <summary>What a link does to what passes.</summary>
internal enum LinkMode
{
    /// <summary>Lets it pass.</summary>
    Open,

    /// <summary>Resets every connection, present and new.</summary>
    Cut,

    /// <summary>Accepts connections, carries nothing either way; when it opens again, what was sent arrives late.</summary>
    Blackhole,

    /// <summary>Carries everything, each piece late.</summary>
    Slow,
}
