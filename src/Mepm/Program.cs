using Mano.Mepm;
using Mano.Mesh.Hosting;

var command = new MepmCommand();
return await Daemon.RunAsync(args, command.Root, parsed => MeshHost.RunAsync(MepmHost.Build(command.Read(parsed)), MepmHost.Process));
