using System.Diagnostics;
using System.Reflection;

namespace Connect.Testing;

/// <summary>
/// Installs what a test project is compared with from the lock file in its folder <c>npm/</c>, once for every version of that file, into the project's <c>obj</c> folder.
/// Without npm the tests fail: they are never skipped. The project names its own folder in an assembly metadata entry <c>ProjectDirectory</c>.
/// </summary>
public static class NpmPackages
{
    /// <summary>The folder <c>node_modules</c> of the project of <paramref name="tests"/>. <paramref name="trim"/> runs once, after an install.</summary>
    public static async Task<string> InstallAsync(Assembly tests, Action<string>? trim = null)
    {
        var project = tests.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "ProjectDirectory").Value!;
        var source = Path.Combine(project, "npm");
        var target = Path.Combine(project, "obj", "npm");
        var modules = Path.Combine(target, "node_modules");
        var done = Path.Combine(target, "installed.json");
        var wanted = await File.ReadAllTextAsync(Path.Combine(source, "package-lock.json"));
        if (File.Exists(done) && await File.ReadAllTextAsync(done) == wanted)
            return modules;

        Directory.CreateDirectory(target);
        File.Delete(done);
        foreach (var name in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(source, name), Path.Combine(target, name), overwrite: true);
        await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], target);
        trim?.Invoke(modules);
        await File.WriteAllTextAsync(done, wanted);
        return modules;
    }

    /// <summary>Runs a program to its end in a folder; what it wrote. Fails when it fails.</summary>
    public static async Task<string> RunAsync(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
    }
}
