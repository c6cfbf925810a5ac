using System.Reflection;

namespace Connect.CrashMatrix.Host;

/// <summary>A call on the way to a watched service.</summary>
/// <param name="Method">The method.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Carry">Carries it out.</param>
internal sealed record StepCall(MethodInfo Method, object?[] Arguments, Func<object?> Carry)
{
    /// <summary>The grain that makes the call, if one does.</summary>
    public GrainId? Caller { get; init; }
}

/// <summary>Stands before a service, whatever members it has or gets.</summary>
public class StepProxy<T> : DispatchProxy where T : class
{
    private object inner = null!;
    private Func<StepCall, object?> cross = null!;

    internal static object Around(object inner, Func<StepCall, object?> cross)
    {
        object proxy = Create<T, StepProxy<T>>();
        ((StepProxy<T>)proxy).inner = inner;
        ((StepProxy<T>)proxy).cross = cross;
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => cross(
        new StepCall(targetMethod!, args ?? [], () => targetMethod!.Invoke(inner, BindingFlags.DoNotWrapExceptions, null, args, null)));
}
