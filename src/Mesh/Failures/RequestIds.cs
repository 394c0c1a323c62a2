using Grpc.Core;

namespace Mano.Mesh.Failures;

/// <summary>How a caller calls its request, so that it finds again what was said about it: <c>x-request-id</c>, or the trace that it is in.</summary>
internal static class RequestIds
{
    private const int MostLetters = 128;
    private const int TraceLetters = 32;

    /// <summary>Null if the caller says none, or one that cannot be one.</summary>
    public static string? Of(ServerCallContext call)
    {
        if (call.RequestHeaders.GetValue("x-request-id") is { Length: > 0 and <= MostLetters } id && !id.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return id;
        }

        // W3C trace context: version-trace-parent-flags.
        return call.RequestHeaders.GetValue("traceparent")?.Split('-') is [_, { Length: TraceLetters } trace, ..] && trace.All(char.IsAsciiHexDigitLower) ? trace : null;
    }
}
