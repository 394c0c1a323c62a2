using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

// An application that knows nothing of MEC: no Mp1, no notification. The platform takes the open port for readiness.
using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

var address = IPAddress.Parse(Environment.GetEnvironmentVariable("MANO_ADDRESS") ?? "127.0.0.1");
var port = int.Parse(Environment.GetEnvironmentVariable("MANO_PORT_ECHO") ?? "7007", CultureInfo.InvariantCulture);
using var listener = new TcpListener(address, port);
listener.Start();
Console.WriteLine($"quiet-echo listens on {address}:{port}");
try
{
    while (true)
    {
        _ = Echo(await listener.AcceptTcpClientAsync(stop.Token));
    }
}
catch (OperationCanceledException)
{
    Console.WriteLine("quiet-echo ends");
}

async Task Echo(TcpClient client)
{
    using (client)
    {
        try
        {
            var stream = client.GetStream();
            await stream.CopyToAsync(stream, stop.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client left, or we do.
        }
    }
}

void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
