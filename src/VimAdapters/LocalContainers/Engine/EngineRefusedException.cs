using System.Net;

namespace Mano.VimAdapters.LocalContainers.Engine;

/// <summary>The engine answered, and said no. <see cref="EngineFailures"/> says what that means to our caller.</summary>
internal sealed class EngineRefusedException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;
}
