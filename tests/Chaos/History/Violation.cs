namespace Mano.Chaos.History;

/// <summary>A promise that was not kept.</summary>
/// <param name="Kind">A stable word: <c>ORDER</c>, <c>KEY_TWICE</c>, <c>OVER_CAPACITY</c>, ….</param>
/// <param name="Message">What was seen, in one sentence.</param>
/// <param name="Instance">Whose history shows it; empty if it is not about one.</param>
internal sealed record Violation(string Kind, string Message, string Instance = "");
