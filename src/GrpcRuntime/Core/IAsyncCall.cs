namespace Grpc.Core;

/// <summary>A call under way, as all four call objects show it.</summary>
internal interface IAsyncCall : IDisposable
{
    /// <summary>The server's headers, once they are here.</summary>
    Task<Metadata> ResponseHeadersAsync { get; }

    Status GetStatus();

    Metadata GetTrailers();
}
