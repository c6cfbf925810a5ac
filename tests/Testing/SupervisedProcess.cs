using System.Collections.Concurrent;
using System.Diagnostics;

namespace Connect.Testing;

/// <summary>A program that ends with this process, whatever ends this process: a small shell waits at its side for the word, or for its input to close.</summary>
public sealed class SupervisedProcess : IDisposable
{
    private const int KeptLines = 60;

    private const string Supervisor = """
        trap '' INT TERM HUP
        (trap - INT TERM HUP; exec "$@" </dev/null 2>&1) & pid=$!
        read -r how || how=KILL
        kill -"$how" $pid 2>/dev/null
        wait $pid
        """;

    private readonly Process supervisor;
    private readonly Action<string>? hear;
    private readonly ConcurrentQueue<string> lines = new();

    private SupervisedProcess(Process supervisor, Action<string>? hear) => (this.supervisor, this.hear) = (supervisor, hear);

    /// <summary>The last lines it wrote.</summary>
    public string Output => string.Join('\n', lines);

    /// <summary>Starts a program in a folder; each line it writes is told to <paramref name="hear"/>, before <see cref="Stop"/> returns.</summary>
    public static SupervisedProcess Start(string folder, IEnumerable<string> command, Action<string>? hear = null)
    {
        var start = new ProcessStartInfo("sh") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", Supervisor, "supervisor", .. command])
            start.ArgumentList.Add(argument);
        var process = new SupervisedProcess(new Process { StartInfo = start }, hear);
        process.supervisor.OutputDataReceived += process.Keep;
        process.supervisor.Start();
        process.supervisor.BeginOutputReadLine();
        return process;
    }

    /// <summary>Asks it to end, and returns when it has.</summary>
    public Task Stop() => End("TERM");

    /// <summary>kill -9; returns when it is gone.</summary>
    public Task Kill() => End("KILL");

    /// <summary>Ends it at once, if it still runs.</summary>
    public void Dispose()
    {
        if (!supervisor.HasExited)
        {
            supervisor.StandardInput.Close();
            supervisor.WaitForExit();
        }

        supervisor.Dispose();
    }

    private async Task End(string how)
    {
        await supervisor.StandardInput.WriteLineAsync(how);
        await supervisor.StandardInput.FlushAsync();
        await supervisor.WaitForExitAsync();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        hear?.Invoke(line.Data);
        lines.Enqueue(line.Data);
        while (lines.Count > KeptLines)
            lines.TryDequeue(out _);
    }
}
