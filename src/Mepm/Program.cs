using Mano.Mepm;
using Mano.Mesh.Hosting;

var command = new MepmCommand();
return await Daemon.RunAsync(args, command.Root, parsed => {
    var options = command.Read(parsed);
    return MeshHost.RunAsync(() => MepmHost.Build(options), MepmHost.Process);
});
