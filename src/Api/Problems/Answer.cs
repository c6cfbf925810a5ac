namespace Connect.Api.Problems;

/// <summary>What the application layer answers: a value, or the problem that took its place. Endpoints and pages share it.</summary>
public readonly record struct Answer<T>
{
    private readonly T? _value;

    private Answer(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    /// <summary>Why there is no value; null when there is one.</summary>
    public Problem? Problem { get; }

    /// <summary>The value; ask for it only when <see cref="Problem"/> is null.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException(Problem.Detail);

    /// <summary>The value turned into something else; a problem stays what it is.</summary>
    public Answer<TOther> Then<TOther>(Func<T, TOther> turn) => Problem is { } problem ? problem : turn(_value!);

    /// <summary>The value put to another question; a problem stays what it is.</summary>
    public async Task<Answer<TOther>> ThenAsync<TOther>(Func<T, Task<Answer<TOther>>> ask) => Problem is { } problem ? problem : await ask(_value!);

    /// <summary>An answer with a value.</summary>
    public static implicit operator Answer<T>(T value) => new(value, null);

    /// <summary>An answer with a problem.</summary>
    public static implicit operator Answer<T>(Problem problem) => new(default, problem);
}
