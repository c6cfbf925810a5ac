using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Connect.Testing;

/// <summary>
/// A private PostgreSQL on a free loopback port, durable (fsync on), in a temporary folder that goes with it. It runs under a small shell that
/// stops it when its input closes, so it ends with this process even when that is killed.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string Supervisor = """
        set -eu
        trap '' INT TERM HUP
        bin=$1 port=$2 dir=$(mktemp -d "${TMPDIR:-/tmp}/credits-postgres.XXXXXX")
        start() { "$bin/postgres" -D "$dir/data" >>"$dir/log" 2>&1 & pid=$!; }
        stop() { kill -"$1" $pid 2>/dev/null || true; wait $pid || true; }
        finish() { stop INT; rm -rf "$dir"; }
        cd "$dir"
        "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1 || { cat "$dir/log" >&2; rm -rf "$dir"; exit 1; }
        cat >>"$dir/data/postgresql.conf" <<END
        listen_addresses = '127.0.0.1'
        port = $port
        unix_socket_directories = '$dir'
        max_connections = 300
        fsync = on
        synchronous_commit = on
        END
        start
        echo "$dir"
        while read -r command; do
            case $command in
                start) start ;;
                stop) stop INT ;;
                crash) stop QUIT ;;
            esac
            echo done
        done
        finish
        """;

    private static readonly Lazy<PostgresServer> SharedServer = new(Start);
    private static int databases;

    private readonly Process supervisor;
    private bool stopped;

    private PostgresServer(Process supervisor, int port, string folder)
    {
        this.supervisor = supervisor;
        Port = port;
        Folder = folder;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>The server that all tests of this process share; started on first use. Do not stop it: start one of your own for that.</summary>
    public static PostgresServer Shared => SharedServer.Value;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Where its data and log are; removed with it.</summary>
    public string Folder { get; }

    /// <summary>Starts a server and returns when it answers. Throws with what to install when there is no PostgreSQL on this machine.</summary>
    public static PostgresServer Start()
    {
        var port = FreePort.Next();
        var start = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] shell = ["sh", "-c", Supervisor, "postgres-supervisor", FindBinaries(), port.ToString(System.Globalization.CultureInfo.InvariantCulture)];
        // PostgreSQL refuses to run as root; Debian's package brings a user for it.
        string[] command = Environment.UserName == "root" ? ["runuser", "-u", "postgres", "--", .. shell] : shell;
        start.FileName = command[0];
        foreach (var argument in command[1..])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var folder = process.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"PostgreSQL did not start: {process.StandardError.ReadToEnd()}");
        var server = new PostgresServer(process, port, folder);
        server.AwaitAnswer();
        return server;
    }

    /// <summary>The connection string of a database of this server.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Include Error Detail=true";

    /// <summary>Makes a fresh, empty database and returns its connection string.</summary>
    public string CreateDatabase()
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        Execute("postgres", $"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>Runs a statement as superuser in a database, outside any pool.</summary>
    public void Execute(string database, string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Shuts it down in order, keeping its data, as an operator would; returns when it is down.</summary>
    public void Stop() => Command("stop");

    /// <summary>Takes it down at once without a checkpoint, as a crash would; returns when it is down.</summary>
    public void Crash() => Command("crash");

    /// <summary>Starts it again on the same port with the same data and returns when it answers.</summary>
    public void Restart()
    {
        Command("start");
        AwaitAnswer();
    }

    /// <summary>Stops it and removes its folder.</summary>
    public void Dispose()
    {
        lock (supervisor)
        {
            if (stopped)
                return;
            stopped = true;
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            supervisor.StandardInput.Close();
            supervisor.WaitForExit(TimeSpan.FromSeconds(20));
            supervisor.Dispose();
        }
    }

    /// <summary>The folder of the newest PostgreSQL's programs (initdb, postgres, pgbench).</summary>
    public static string FindBinaries()
    {
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian) ? Directory.GetDirectories(debian).Select(folder => Path.Combine(folder, "bin")) : [];
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return versions.OrderDescending(StringComparer.Ordinal).Concat(path).FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException("These tests need PostgreSQL 15 or later: apt-get install -y postgresql");
    }

    private void Command(string command)
    {
        lock (supervisor)
        {
            supervisor.StandardInput.WriteLine(command);
            supervisor.StandardInput.Flush();
            _ = supervisor.StandardOutput.ReadLine();
        }
    }

    private void AwaitAnswer()
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                Execute("postgres", "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (waited.Elapsed < TimeSpan.FromSeconds(30) && !supervisor.HasExited)
            {
                Thread.Sleep(25);
            }
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();
}
