using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Connect.Silo.Storage.Sqlite;

/// <summary>
/// Gives Orleans' providers connections that hold nothing: a statement that reads runs at once beside all others, as write-ahead logging allows; one that writes joins the next group of
/// <see cref="SqliteGroupWriter"/>. No transaction has more than one statement of one caller.
/// </summary>
internal sealed class GroupedSqliteDataSource(SqliteDatabase database, SqliteGroupWriter writer) : DbDataSource
{
    /// <inheritdoc/>
    public override string ConnectionString => database.ConnectionString;

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new Connection(database, writer);

    // Orleans takes no other class of connections for SQLite; nothing of it is opened.
    private sealed class Connection(SqliteDatabase database, SqliteGroupWriter writer) : SqliteConnection(database.ConnectionString)
    {
        private ConnectionState state = ConnectionState.Closed;

        public override ConnectionState State => state;

        public override void Open() => state = ConnectionState.Open;

        public override Task OpenAsync(CancellationToken cancellationToken)
        {
            Open();
            return Task.CompletedTask;
        }

        public override void Close() => state = ConnectionState.Closed;

        public override SqliteCommand CreateCommand() => throw new NotSupportedException("Use it as a DbConnection: its commands are grouped with those of others.");

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException("Each statement is grouped with those of others.");

        protected override DbCommand CreateDbCommand() => new Command(this, database, writer);
    }

    private sealed class Command(Connection connection, SqliteDatabase database, SqliteGroupWriter writer) : DbCommand
    {
        // Only a holder of the text and the parameters.
        private readonly SqliteCommand statement = new();

        [AllowNull]
        public override string CommandText
        {
            get => statement.CommandText;
            set => statement.CommandText = value;
        }

        public override int CommandTimeout { get; set; } = SqliteDatabase.BusyTimeoutSeconds;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; } = connection;

        protected override DbParameterCollection DbParameterCollection => statement.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        private bool Reads => CommandText.AsSpan().TrimStart() is var text
            && (text.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) || text.StartsWith("EXPLAIN", StringComparison.OrdinalIgnoreCase));

        public override void Prepare()
        {
        }

        public override void Cancel()
        {
        }

        public override int ExecuteNonQuery()
        {
            using var reader = ExecuteReader();
            return reader.RecordsAffected;
        }

        public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
        {
            await using var reader = await ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return reader.RecordsAffected;
        }

        public override object? ExecuteScalar()
        {
            using var reader = ExecuteReader();
            return reader.Read() ? reader.GetValue(0) : null;
        }

        public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
        {
            await using var reader = await ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? reader.GetValue(0) : null;
        }

        protected override DbParameter CreateDbParameter() => statement.CreateParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteDbDataReaderAsync(behavior, CancellationToken.None).GetAwaiter().GetResult();

        // SQLite blocks its thread while the disk works; that must not be a thread that grains run on.
        protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
            Reads ? Task.Run(Read, cancellationToken) : Write(cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                statement.Dispose();
            base.Dispose(disposing);
        }

        private DbDataReader Read()
        {
            var reader = database.OpenReader();
            try
            {
                statement.Connection = reader;
                return statement.ExecuteReader(CommandBehavior.CloseConnection);
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        }

        private async Task<DbDataReader> Write(CancellationToken cancellationToken)
        {
            SqliteParameter[] parameters = [.. statement.Parameters.Cast<SqliteParameter>()];
            // A parameter belongs to one command at a time.
            statement.Parameters.Clear();
            return await writer.Run(CommandText, parameters).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
