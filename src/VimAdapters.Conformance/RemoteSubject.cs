using Mano.Mesh.Channels;
using Mano.Vim.V1;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Remote;

namespace Mano.VimAdapters.Conformance;

/// <summary>An adapter in a process of its own, by its gRPC address.</summary>
public static class RemoteSubject
{
    /// <summary>With the checks that only the wire shows, and with a line that loses replies where there is no TLS.</summary>
    /// <param name="address"><c>http://127.0.0.1:7431</c>.</param>
    /// <param name="image">What its computes run.</param>
    /// <param name="patience">How long a call or a state may take.</param>
    /// <param name="channels">Its connections; the caller disposes them.</param>
    /// <param name="restart">Restarts the adapter's process and returns when it answers again; null skips what needs it.</param>
    public static ConformanceSubject Of(Uri address, ImageSource image, TimeSpan patience, GrpcChannels channels, Func<Task>? restart = null)
    {
        var opened = false;
        return new()
        {
            Name = address.ToString(),
            Open = async () =>
            {
                if (opened && restart is not null)
                {
                    await restart();
                }

                opened = true;
                return Adapter(address.ToString());
            },
            WhyNoRestart = restart is null ? "the kit cannot restart this adapter: --restart-with COMMAND does" : "",
            Image = image,
            Patience = patience,
            Service = new VimAdapterService.VimAdapterServiceClient(channels.For(address.ToString())),
            OpenLossy = address.Scheme == Uri.UriSchemeHttp ? OpenLossy : null,
        };

        IVimAdapter Adapter(string at) => new RemoteVimAdapter(new() { Address = at, CallTimeout = Longest(patience), UploadTimeout = Longest(patience * 4) }, channels, TimeProvider.System);

        Task<LossyLine> OpenLossy()
        {
#pragma warning disable CA2000 // the line owns it
            var proxy = new LossyProxy(address);
#pragma warning restore CA2000
            return Task.FromResult(new LossyLine(Adapter(proxy.Address), proxy));
        }
    }

    private static TimeSpan Longest(TimeSpan wanted) => wanted < TimeSpan.FromHours(1) ? wanted : TimeSpan.FromHours(1);
}
