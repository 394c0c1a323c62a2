using Mano.Probe;
using Microsoft.Extensions.Hosting;

var app = await ProbeHost.StartAsync();
Console.WriteLine($"listening {app.Address()}");
await app.WaitForShutdownAsync();
