using System.Net;
using System.Net.Sockets;
using Mano.Cli.Connection;
using Mano.Inventory.V1;
using Mano.Mesh.Failures;
using Mano.Testing;

namespace Mano.Cli.Tests;

/// <summary>A MEO that takes connections and says nothing.</summary>
public sealed class SilentMeoTests
{
    [Fact]
    public async Task A_call_that_nobody_answers_in_time_says_who_was_asked_and_that_asking_again_is_safe()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var address = $"http://{silent.LocalEndpoint}";
        using var meo = new MeoConnection(address, "key", TimeProvider.System);

        var late = await Assert.ThrowsAsync<FailureException>(
            () => meo.AskAt(address, "MEO", options => meo.Inventory.ListSitesAsync(new ListSitesRequest(), options), default, patience: TimeSpan.FromMilliseconds(200)).Soon());

        Assert.Equal(FailureKind.DeadlineExceeded, late.Failure.Kind);
        Assert.Equal(
            $"The MEO at {address} did not answer in 0.2 s; whether the request was accepted is not known. Asking again with the same --idempotency-key is safe.", late.Failure.Message);
    }
}
