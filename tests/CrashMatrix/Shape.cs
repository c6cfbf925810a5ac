using System.Data.Common;
using Connect.Testing;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Connect.CrashMatrix;

/// <summary>The program under test as processes of its own, on data that outlives them.</summary>
public abstract class Shape : IDisposable
{
    private const string Host = "tests/CrashMatrix.Host";

    /// <summary>Where the HTTP API is.</summary>
    public abstract Uri Api { get; }

    /// <summary>Where accounts are held: the process that is killed.</summary>
    public abstract Uri Steps { get; }

    /// <summary>What the SMS sandbox took: for whom, and to which number, once for each time.</summary>
    public abstract IEnumerable<(string Account, string To)> Messages();

    /// <summary>Opens the program's database, beside the program.</summary>
    public abstract DbConnection Open();

    /// <summary>Starts it, or starts what was killed again.</summary>
    public abstract Task Start(Uri stripe);

    /// <summary>kill -9 of the process that holds the grains.</summary>
    public abstract void Kill();

    /// <summary>Ends it and removes its data.</summary>
    public abstract void Dispose();

    /// <summary>One process with an embedded database.</summary>
    public static Shape Embedded() => new OneProcess();

    /// <summary>A silo and a separate API on PostgreSQL; the silo is killed.</summary>
    public static Shape Clustered(PostgresServer server) => new SiloAndApi(server.CreateDatabase());

    // A client that waits long would only make the faults that do not answer slow; its own retries would hide faults from the purchase.
    private static Dictionary<string, string> Settings(Uri stripe, Uri api, string folder) => new()
    {
        ["Stripe:ReturnUrl"] = api.AbsoluteUri,
        ["Stripe:ApiBase"] = stripe.AbsoluteUri.TrimEnd('/'),
        ["Stripe:TimeoutSeconds"] = "1",
        ["Stripe:MaxNetworkRetries"] = "0",
        ["Credits:DataDirectory"] = folder,
        ["Messaging:HandOverWindow"] = "100",
        ["Logging:LogLevel:Default"] = "Error",
        ["Logging:LogLevel:Connect"] = "Error",
        ["Logging:LogLevel:Orleans"] = "Error",
    };

    private sealed class OneProcess : Shape
    {
        private readonly string folder = Scratch.Folder();
        private readonly Uri url = new($"http://127.0.0.1:{FreePort.Next()}");
        private ProgramProcess? process;

        public override Uri Api => url;

        public override Uri Steps => url;

        public override IEnumerable<(string, string)> Messages() => SmsRecords.Read(folder).Select(message => (message.AccountId, message.To));

        public override DbConnection Open() => new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "credits.db"), Pooling = false }.ToString());

        public override async Task Start(Uri stripe)
        {
            process?.Dispose();
            process = await ProgramProcess.Start(Host, Settings(stripe, url, folder), url);
        }

        public override void Kill() => process!.Kill();

        public override void Dispose()
        {
            process?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class SiloAndApi(string database) : Shape
    {
        private readonly string folder = Scratch.Folder();
        private readonly Uri url = new($"http://127.0.0.1:{FreePort.Next()}");
        private ProgramProcess? silo;
        private ProgramProcess? api;

        public override Uri Api => url;

        public override Uri Steps => silo!.Url;

        public override IEnumerable<(string, string)> Messages() => SmsRecords.Read(folder).Select(message => (message.AccountId, message.To));

        public override DbConnection Open() => new NpgsqlConnection(database);

        public override async Task Start(Uri stripe)
        {
            var settings = Settings(stripe, url, folder);
            settings["Credits:PostgreSql"] = database;
            silo?.Dispose();
            silo = await ProgramProcess.Start(Host, settings, args: "silo");
            api ??= await ProgramProcess.Start("Api", settings, url);
        }

        public override void Kill() => silo!.Kill();

        public override void Dispose()
        {
            api?.Dispose();
            silo?.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }
}
