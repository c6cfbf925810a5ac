using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Connect.Silo.Storage.Sqlite;

/// <summary>
/// Runs the writing statements of this process in groups: all that wait at one moment share a transaction, and so one flush to the disk, and each is answered when that is durable. A statement that fails
/// fails alone; a transaction that fails fails all of its statements, and nothing of it is kept, or nobody knows (a failed commit).
/// </summary>
internal sealed class SqliteGroupWriter(SqliteDatabase database) : IDisposable
{
    private const int MaxGroup = 256;

    // Statements of this program are few and the same; this only keeps odd ones from staying for ever.
    private const int MaxKept = 64;

    private readonly Channel<Statement> waiting = Channel.CreateUnbounded<Statement>(new() { SingleReader = true });
    private readonly Lock starting = new();
    private readonly Dictionary<string, SqliteCommand> kept = [];
    private SqliteConnection? connection;
    private Task? running;

    /// <summary>Runs one statement with the others that wait; returns its rows when they are durable.</summary>
    public Task<BufferedRows> Run(string text, IEnumerable<SqliteParameter> parameters)
    {
        lock (starting)
            running ??= Task.Run(RunGroups);
        var statement = new Statement(text, [.. parameters]);
        return waiting.Writer.TryWrite(statement) ? statement.Answer.Task : Task.FromException<BufferedRows>(new ObjectDisposedException(nameof(SqliteGroupWriter)));
    }

    /// <summary>Finishes what waits, then closes its connection.</summary>
    public void Dispose()
    {
        waiting.Writer.TryComplete();
        running?.Wait();
        Close();
    }

    private async Task RunGroups()
    {
        var group = new List<Statement>(MaxGroup);
        while (await waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            if (await database.WriterGate.WaitAsync(TimeSpan.FromSeconds(SqliteDatabase.BusyTimeoutSeconds)).ConfigureAwait(false))
            {
                try
                {
                    Take(group, MaxGroup);
                    Run(group);
                }
                finally
                {
                    database.WriterGate.Release();
                }
            }
            else
            {
                Take(group, int.MaxValue);
                Fail(group, new TimeoutException("The embedded database stayed busy."));
            }

            foreach (var statement in group)
                statement.Tell();
        }
    }

    private void Take(List<Statement> group, int most)
    {
        while (group.Count < most && waiting.Reader.TryRead(out var statement))
            group.Add(statement);
    }

    private void Run(List<Statement> group)
    {
        try
        {
            connection ??= database.OpenWriter();
            Execute("BEGIN IMMEDIATE");
            foreach (var statement in group)
                Run(statement);
            Execute("COMMIT");
        }
        catch (Exception failure)
        {
            // Those that came while this waited for a locked file do not wait for it again.
            Take(group, int.MaxValue);
            Fail(group, failure);
            // Whatever state the connection is in, the next group starts with a new one.
            Close();
        }
    }

    private void Run(Statement statement)
    {
        try
        {
            statement.Rows = Read(statement);
        }
        catch (Exception failure) when (InTransaction)
        {
            statement.Failure = failure;
        }
    }

    // SQLite takes a whole transaction back by itself when the disk fails; what it took back must not be answered as done.
    private bool InTransaction => SQLitePCL.raw.sqlite3_get_autocommit(connection!.Handle) == 0;

    private BufferedRows Read(Statement statement)
    {
        var command = Command(statement.Text);
        command.Parameters.Clear();
        command.Parameters.AddRange(statement.Parameters);
        try
        {
            using var reader = command.ExecuteReader();
            return BufferedRows.Of(reader);
        }
        finally
        {
            command.Parameters.Clear();
        }
    }

    private void Execute(string text) => Command(text).ExecuteNonQuery();

    private SqliteCommand Command(string text)
    {
        if (kept.TryGetValue(text, out var command))
            return command;
        if (kept.Count >= MaxKept)
            Forget();
        command = connection!.CreateCommand();
        command.CommandText = text;
        return kept[text] = command;
    }

    private static void Fail(List<Statement> group, Exception failure)
    {
        foreach (var statement in group)
            statement.Failure = failure;
    }

    private void Forget()
    {
        foreach (var command in kept.Values)
            command.Dispose();
        kept.Clear();
    }

    private void Close()
    {
        Forget();
        connection?.Dispose();
        connection = null;
    }

    private sealed class Statement(string text, SqliteParameter[] parameters)
    {
        public string Text { get; } = text;

        public SqliteParameter[] Parameters { get; } = parameters;

        public TaskCompletionSource<BufferedRows> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public BufferedRows? Rows { get; set; }

        public Exception? Failure { get; set; }

        public void Tell()
        {
            if (Failure is not null)
                Answer.SetException(Failure);
            else
                Answer.SetResult(Rows!);
        }
    }
}
