using System.Reflection;

namespace Connect.CrashMatrix.Host;

/// <summary>Lets the steps of a service through one by one, and stops those of an account that has come to its point.</summary>
internal sealed class Turnstile(Steps steps, IGrainContextAccessor grains, Func<StepCall, Step?> name)
{
    private static readonly MethodInfo s_value = typeof(Turnstile).GetMethod(nameof(CrossWithValue), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>Carries a call out, or holds it.</summary>
    public object? Cross(StepCall call)
    {
        if (name(call with { Caller = grains.GrainContext?.GrainId }) is not { } step || steps.Of(step.Account) is not { } account)
            return call.Carry();

        var result = call.Method.ReturnType;
        return result.IsGenericType
            ? s_value.MakeGenericMethod(result.GenericTypeArguments).Invoke(null, [account, step.Name, call])
            : CrossWithValue<object?>(account, step.Name, call with { Carry = () => WithoutValue((Task)call.Carry()!) });
    }

    private static async Task<object?> WithoutValue(Task task)
    {
        await task;
        return null;
    }

    private static async Task<T> CrossWithValue<T>(AccountSteps account, string name, StepCall call)
    {
        var passage = account.Enter(name);
        if (passage == Passage.Closed)
            return await Never<T>();
        if (passage == Passage.CutBefore)
            throw new IOException("Cut off.");
        try
        {
            var result = await (Task<T>)call.Carry()!;
            if (passage == Passage.Open)
                return result;
        }
        finally
        {
            if (passage == Passage.Last)
                account.Freeze();
        }

        return passage == Passage.CutAfter ? throw new IOException("Cut off.") : await Never<T>();
    }

    private static Task<T> Never<T>() => new TaskCompletionSource<T>().Task;
}
