using Mano.Meo;
using Mano.Mesh.Hosting;

var command = new MeoCommand();
return await Daemon.RunAsync(args, command.Root, parsed => MeshHost.RunAsync(MeoHost.Build(command.Read(parsed)), MeoHost.Process));
