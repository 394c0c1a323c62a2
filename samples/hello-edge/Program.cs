using System.Runtime.InteropServices;
using Mano.Samples.HelloEdge;

// What the VIM tells every process: who it is, where to listen, where the MEC platform is.
var settings = Settings.FromEnvironment();
using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);

using var platform = new MecPlatformClient(settings, TimeProvider.System);
var application = new Application(settings, platform);
using var server = HttpServer.Listen(settings.EndPoint, application.Answer);
Console.WriteLine($"hello-edge {settings.AppInstanceId} listens on {settings.EndPoint}");

// Ready means "the ports are open": the platform sends users from the moment it hears this.
var datagrams = settings.Datagrams is { } port ? new DatagramServer(port, application.Greet).Run(stop.Token) : Task.CompletedTask;
var announced = platform.AnnounceReady(stop.Token);
await server.Run(stop.Token);
await announced;
await datagrams;
Console.WriteLine("hello-edge ends");

void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
