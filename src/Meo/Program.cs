using Mano.Meo;
using Mano.Mesh.Hosting;

var command = new MeoCommand();
return await Daemon.RunAsync(args, command.Root, parsed => {
    var options = command.Read(parsed);
    return MeshHost.RunAsync(() => MeoHost.Build(options), MeoHost.Process);
});
