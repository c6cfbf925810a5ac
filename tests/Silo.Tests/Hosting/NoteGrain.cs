using Orleans.Runtime;

namespace Connect.Silo.Tests.Hosting;

[Alias("connect.tests.INoteGrain")]
public interface INoteGrain : IGrainWithStringKey
{
    [Alias("write")] Task Write(string text);

    [Alias("read")] Task<string?> Read();

    [Alias("clear")] Task Clear();
}

/// <summary>A grain with stored state, to try the storage with.</summary>
public sealed class NoteGrain([PersistentState("test-note", CreditsHosting.GrainStorage)] IPersistentState<Note> note) : Grain, INoteGrain
{
    public async Task Write(string text)
    {
        note.State = new Note { Text = text };
        await note.WriteStateAsync();
    }

    public Task<string?> Read() => Task.FromResult(note.RecordExists ? note.State.Text : null);

    public Task Clear() => note.ClearStateAsync();
}

[GenerateSerializer, Alias("connect.tests.note")]
public sealed record Note
{
    [Id(0)] public string Text { get; init; } = "";
}
