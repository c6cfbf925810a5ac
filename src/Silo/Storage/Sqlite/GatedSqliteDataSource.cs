using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Connect.Silo.Storage.Sqlite;

/// <summary>
/// Gives Orleans' providers connections one at a time. They read and write alike over these, so each holds the writer's gate while it is open.
/// </summary>
internal sealed class GatedSqliteDataSource(SqliteDatabase database) : DbDataSource
{
    /// <inheritdoc/>
    public override string ConnectionString => database.ConnectionString;

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => new GatedConnection(database);

    private sealed class GatedConnection(SqliteDatabase database) : SqliteConnection(database.ConnectionString)
    {
        private bool holdsGate;

        public override void Open()
        {
            Enter(database.WriterGate.Wait(TimeSpan.FromSeconds(SqliteDatabase.BusyTimeoutSeconds)));
            OpenInside();
        }

        public override async Task OpenAsync(CancellationToken cancellationToken)
        {
            Enter(await database.WriterGate.WaitAsync(TimeSpan.FromSeconds(SqliteDatabase.BusyTimeoutSeconds), cancellationToken).ConfigureAwait(false));
            OpenInside();
        }

        public override void Close()
        {
            base.Close();
            if (!holdsGate)
                return;
            holdsGate = false;
            database.WriterGate.Release();
        }

        private void Enter(bool entered) => holdsGate = entered ? true : throw new TimeoutException("The embedded database stayed busy.");

        private void OpenInside()
        {
            try
            {
                base.Open();
                SqliteDatabase.MakeDurable(this);
            }
            catch
            {
                Close();
                throw;
            }
        }
    }
}
