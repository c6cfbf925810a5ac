using System.Collections.Concurrent;
using System.Diagnostics;

namespace Connect.Testing;

/// <summary>One of the program's executables as a process of its own, as built beside the running tests; killed with this process.</summary>
public sealed class ProgramProcess : IDisposable
{
    private const int KeptLines = 200;

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();

    private ProgramProcess(string project, IEnumerable<KeyValuePair<string, string>> settings, Uri url, IEnumerable<string> args)
    {
        Url = url;
        var dll = FindBuilt(project);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [dll, .. args])
        {
            WorkingDirectory = Path.GetDirectoryName(dll),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_URLS"] = url.AbsoluteUri.TrimEnd('/');
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Bytes of memory that it holds.</summary>
    public long WorkingSet
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>The last lines it wrote, for the message of a failed test.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>
    /// Starts src/<paramref name="project"/> (or a path below the root, such as tests/X) on a free port, or on <paramref name="url"/>, and returns when
    /// <paramref name="ready"/> answers well.
    /// </summary>
    public static async Task<ProgramProcess> Start(
        string project, IEnumerable<KeyValuePair<string, string>> settings, Uri? url = null, string ready = "/health/ready", params string[] args)
    {
        var program = new ProgramProcess(project, settings, url ?? new Uri($"http://127.0.0.1:{FreePort.Next()}"), args);
        try
        {
            await program.AwaitReady(ready);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>kill -9: nothing in it gets to finish. Returns when it is gone.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Ends it, if it still runs.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        if (!process.HasExited)
            Kill();
        process.Dispose();
    }

    private static string FindBuilt(string project)
    {
        var bin = new DirectoryInfo(AppContext.BaseDirectory);
        var (framework, configuration) = (bin.Name, bin.Parent!.Name);
        var root = bin;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Credits.sln")))
            root = root.Parent;
        var folder = project.Contains('/', StringComparison.Ordinal) ? project : $"src/{project}";
        var dll = Path.Combine(root!.FullName, folder, "bin", configuration, framework, $"Credits.{Path.GetFileName(folder)}.dll");
        return File.Exists(dll) ? dll : throw new FileNotFoundException($"Build {folder} first.", dll);
    }

    private async Task AwaitReady(string ready)
    {
        using var http = new HttpClient { BaseAddress = Url };
        await Eventually.True($"{Url} is ready", async () =>
        {
            if (process.HasExited)
                throw new InvalidOperationException($"It ended with exit code {process.ExitCode}:\n{Output}");
            try
            {
                using var answer = await http.GetAsync(ready);
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => Output);
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        output.Enqueue(line.Data);
        while (output.Count > KeptLines)
            output.TryDequeue(out _);
    }

    private void OnExit(object? sender, EventArgs e) => process.Kill();
}
